import { expect, test } from "vitest";
import { isLoopbackUrl } from "./loopback";

test.each([
  "http://localhost:3000",
  "http://LOCALHOST",
  "http://app.localhost:3000",
  "http://127.0.0.1:3000",
  "http://127.8.9.10",
  "http://127.1",
  "http://[::1]:3000",
  "https://localhost.",
])("%s is this machine", (address) => expect(isLoopbackUrl(address)).toBe(true));

test.each([
  "https://app.example.com",
  "http://localhost.example.com",
  "http://127.0.0.1.example.com",
  "http://127.evil.example",
  "http://localhost@example.com",
  "http://0.0.0.0:3000",
  "http://10.0.0.1",
  "http://[::ffff:10.0.0.1]",
  "nonsense",
  "",
])("%s may be reached from elsewhere", (address) => expect(isLoopbackUrl(address)).toBe(false));
