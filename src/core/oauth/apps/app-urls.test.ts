import { expect, it } from "vitest";
import { redirectUriSchema } from "./app-urls";

it.each([
  "https://app.example.com",
  "https://app.example.com/callback",
  "https://app.example.com:8443/callback?tenant=1",
  "http://localhost:8123/callback",
  "http://127.0.0.1/callback",
  "http://[::1]:8123/callback",
])("%s can be registered, and is kept as it was written", (uri) => {
  expect(redirectUriSchema.parse(uri)).toBe(uri);
});

it.each([
  "http://app.example.com/callback",
  "http://localhost.example.com/callback",
  "javascript:alert(1)",
  "data:text/html,x",
  "file:///etc/passwd",
  "com.example.app:/callback",
  "//app.example.com/callback",
  "https://me@app.example.com/callback",
  "https://app.example.com@evil.example/callback",
  "https://app.example.com/@evil",
  "https://app.example.com/callback#x",
  "https://app.example.com/callback#",
  "https://app.example.com./callback",
  "https://*.example.com/callback",
  "https://app.example.com/*",
  "https://app.example.com/x/../callback",
  "https://app.example.com/x/%2e%2e/callback",
  "https://app.example.com\\callback",
  "https://APP.example.com/callback",
  "HTTPS://app.example.com/callback",
  "https://app.example.com:443/callback",
  "https://bücher.example/callback",
  "https://app.example.com/call back",
  "https://app.example.com/\tcallback",
  "https:app.example.com/callback",
  "https://127.1/callback",
])("%j, which two parsers could read in two ways or which leads elsewhere, cannot be", (uri) => {
  expect(redirectUriSchema.safeParse(uri).success).toBe(false);
});
