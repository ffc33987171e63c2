//! Elixir.

use super::check;

#[test]
fn flows() {
    check(
        "a.ex",
        &[
            ("IO.puts(\"key #{System.get_env(\"API_KEY\")}\")", &["log IO.puts: API_KEY"]),
            ("key = System.fetch_env!(\"API_KEY\")\nLogger.info(\"k #{key}\")", &["log Logger.info: API_KEY"]),
            ("Logger.info(\"start\", api_key: api_key)", &["log Logger.info: ?api_key"]),
            ("Logger.debug(fn -> \"t #{token}\" end)", &["log Logger.debug: ?token"]),
            ("Logger.info \"t #{token}\"", &["log Logger.info: ?token"]),
            ("token |> IO.inspect(label: \"token\")", &["log IO.inspect: ?token"]),
            ("IO.inspect(System.get_env())", &["log IO.inspect: ENV"]),
            ("IO.inspect(Application.get_env(:app, :api_key))", &["log IO.inspect: ?api_key"]),
            ("IO.inspect(Application.get_env(:app, App.Mailer)[:api_key])", &["log IO.inspect: ?api_key"]),
            ("raise \"bad key #{api_key}\"", &["error raise: ?api_key"]),
            ("raise ArgumentError, message: \"bad key #{api_key}\"", &["error raise: ?api_key"]),
            (
                "def f(conn, token) do\n  Logger.error(\"bad #{token}\")\n  conn\nend\ndef g(x), do: x\nIO.puts(secret)",
                &["log Logger.error: ?token", "log IO.puts: ?secret"],
            ),
            ("defmodule A do\n  @api_key Application.compile_env(:a, :api_key)\n  def f, do: IO.puts(@api_key)\nend", &["log IO.puts: ?api_key"]),
            ("defmodule A do\n  @secret_key \"sk_123\"\n  def f do\n    IO.puts(@secret_key)\n  end\nend", &["log IO.puts: #0"]),
            (
                "case f(x) do\n  {:ok, token} -> Logger.info(\"got #{token}\")\n  {:error, e} -> Logger.error(e)\nend\nIO.puts(secret)",
                &["log Logger.info: ?token", "log IO.puts: ?secret"],
            ),
            (
                "with {:ok, token} <- f(x),\n     {:ok, b} <- g(token) do\n  IO.puts(token)\nelse\n  _ -> :error\nend\nIO.puts(secret)",
                &["log IO.puts: ?token", "log IO.puts: ?secret"],
            ),
            ("x = if a, do: token, else: nil\nIO.puts(x)\nIO.puts(secret)", &["log IO.puts: ?token", "log IO.puts: ?secret"]),
            (
                "defmodule Conf do\n  defstruct [:url, :api_key]\nend\nc = %Conf{url: 1, api_key: 2}\nIO.inspect(c)\nLogger.info(inspect(c))",
                &["log IO.inspect: Settings(\"Conf\", \"api_key\")", "log Logger.info: Settings(\"Conf\", \"api_key\")"],
            ),
            ("defmodule Conf do\n  @derive {Inspect, except: [:api_key]}\n  defstruct [:url, :api_key]\nend\nc = %Conf{url: 1}\nIO.inspect(c)", &[]),
            ("IO.puts(String.length(token))\nIO.puts(is_nil(token))\nIO.puts(String.slice(token, 0, 4))\nIO.puts(String.slice(token, 0..3))", &[]),
            ("IO.puts(if token, do: \"set\", else: \"missing\")", &[]),
            ("hash = :crypto.hash(:sha256, token)\nIO.puts(hash)\ntoken = mask(token)\nIO.puts(token)", &[]),
            ("IO.puts(\"a\" <> token)", &["log IO.puts: ?token"]),
            (":logger.error(\"t #{token}\")", &["log :logger.error: ?token"]),
            ("conn |> put_status(500) |> json(%{error: \"bad #{api_key}\"})", &["error json: {error: ?api_key}"]),
            ("json(conn, %{ok: true})", &[]),
            ("System.cmd(\"curl\", [\"-u\", api_key])", &["process System.cmd: ?api_key"]),
            ("url = \"https://a.b/c?api_key=#{api_key}\"", &["url the query parameter `api_key`: ?api_key"]),
            (
                "Req.post!(\"https://api.useplunk.com/v1/send\", headers: [{\"authorization\", \"Bearer #{System.get_env(\"PLUNK_KEY\")}\"}])",
                &["request POST https://api.useplunk.com/v1/send by authorization: PLUNK_KEY"],
            ),
            ("Sentry.capture_message(\"t\", extra: %{token: token})", &["error Sentry.capture_message: {token: ?token}"]),
            ("@moduledoc ~S\"\"\"\n  IO.puts(token) \"x\n\"\"\"\nx = ?\"\nIO.puts(secret)", &["log IO.puts: ?secret"]),
            ("IO.inspect(conn)\nIO.inspect(conn.req_headers)", &["log IO.inspect: Request", "log IO.inspect: Headers"]),
        ],
    );
}
