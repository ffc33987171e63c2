//! Ruby.

use super::check;

#[test]
fn flows() {
    check(
        "a.rb",
        &[
            ("puts \"key #{ENV['API_KEY']}\"", &["log puts: API_KEY"]),
            ("puts ENV.fetch('API_KEY')", &["log puts: API_KEY"]),
            ("key = ENV.fetch('API_KEY') { 'x' }\nRails.logger.info(\"k #{key}\")", &["log Rails.logger.info: API_KEY"]),
            ("logger.info { \"token #{token}\" }", &["log logger.info: ?token"]),
            ("logger.debug \"p=#{password}\" if debug?", &["log logger.debug: ?password"]),
            ("def f(password)\n  return nil if password.nil?\n  puts password unless quiet\nend\nputs api_key", &["log puts: ?password", "log puts: ?api_key"]),
            ("raise ArgumentError, \"bad #{api_key}\"", &["error raise: ?api_key"]),
            ("raise InvalidToken, \"no token\" if token.blank?\nputs secret", &["log puts: ?secret"]),
            ("raise ApiError.new(\"bad #{api_key}\")", &["error ApiError.new: ?api_key"]),
            ("abort \"bad token: #{token}\"", &["error abort: ?token"]),
            ("fail \"bad token: #{token}\"", &["error fail: ?token"]),
            ("puts options[:token]", &["log puts: ?token"]),
            ("p ENV", &["log p: ENV"]),
            ("puts ENV.to_h.inspect", &["log puts: ENV"]),
            ("puts <<~EOS\n  key: #{api_key}\nEOS\nputs 1", &["log puts: ?api_key"]),
            ("logger << \"t=#{token}\"", &["log logger: ?token"]),
            ("$stdout.puts \"t=#{token}\"", &["log stdout.puts: ?token"]),
            ("class C\n  def initialize\n    @api_key = ENV['X_SECRET']\n  end\n  def show\n    puts @api_key\n  end\nend", &["log puts: X_SECRET"]),
            (
                "class C\n  def initialize(k)\n    @api_key = k\n  end\nend\nc = C.new(1)\np c\nputs c\nputs c.inspect",
                &["log p: Settings(\"C\", \"api_key\")", "log puts: Settings(\"C\", \"api_key\")"],
            ),
            ("Conf = Struct.new(:url, :api_key)\nc = Conf.new(1, 2)\nputs c.url", &[]),
            ("Conf = Struct.new(:url, :api_key)\nc = Conf.new(1, 2)\nputs c", &["log puts: Settings(\"Conf\", \"api_key\")"]),
            ("puts Rails.application.credentials.dig(:stripe, :secret_key)", &["log puts: ?stripe_secret_key"]),
            ("puts Rails.application.credentials.stripe[:secret_key]", &["log puts: ?secret_key"]),
            ("Rails.logger.info Rails.application.credentials.config", &["log Rails.logger.info: Secrets"]),
            ("render json: { error: \"bad #{api_key}\" }, status: :internal_server_error", &["error render: {error: ?api_key}"]),
            ("render json: { error: \"bad #{api_key}\" }", &[]),
            ("puts token.length, token.present?, token[0, 4], token.last(4), mask(token), Digest::SHA256.hexdigest(token)", &[]),
            ("puts(token ? 'set' : 'missing')\nputs !!token", &[]),
            ("puts token[0, 20]", &["log puts: ?token"]),
            ("token = Digest::MD5.hexdigest(token)\nputs token", &[]),
            ("system(\"curl -H 'Authorization: #{token}'\")", &["process system: ?token"]),
            ("out = `curl -u #{api_key}: https://a.b`", &["process a shell: ?api_key"]),
            ("uri = URI(\"https://a.b/c?api_key=#{api_key}\")", &["url the query parameter `api_key`: ?api_key"]),
            ("Sentry.capture_message(\"t\", extra: { token: token })", &["error Sentry.capture_message: {token: ?token}"]),
            ("x = if a then token else nil end\nputs x", &["log puts: ?token"]),
            ("def secret\n  @secret ||= begin\n    load_it\n  end\nend\nputs 1", &[]),
            ("puts 'a # b', password # c", &["log puts: ?password"]),
            ("a = %w[a b]\nputs \"%s\" % password", &["log puts: ?password"]),
            ("Rails.logger.info \"Invalid API key for user #{user.id}\"", &[]),
            ("items.each do |token|\n  next if token.nil?\n  puts token\nend\nputs api_key", &["log puts: ?token", "log puts: ?api_key"]),
            (
                "HTTParty.post('https://api.useplunk.com/v1/send', headers: { 'Authorization' => \"Bearer #{ENV['PLUNK_KEY']}\" })",
                &["request POST https://api.useplunk.com/v1/send by Authorization: PLUNK_KEY"],
            ),
        ],
    );
}
