import type { AuthOptions } from "next-auth";
import NextAuth from "next-auth";

export interface AuthCall {
  method: string;
  segments: readonly string[];
  query: Record<string, string>;
  body: Record<string, string>;
  cookies: Record<string, string>;
  headers: Record<string, string>;
}

export interface AuthResponse {
  status: number;
  body: unknown;
  headers: Headers;
}

/**
 * Calls next-auth through its Node interface with only what we pass; its interface for route handlers would read the
 * request's cookies and body itself.
 */
export async function callNextAuth(call: AuthCall, options: AuthOptions): Promise<AuthResponse> {
  const { segments, query, ...rest } = call;
  const result: AuthResponse = { status: 200, body: null, headers: new Headers() };
  const response = {
    status(code: number) {
      result.status = code;
      return response;
    },
    getHeader: (name: string) =>
      name.toLowerCase() === "set-cookie" ? result.headers.getSetCookie() : result.headers.get(name),
    setHeader(name: string, value: string | string[]) {
      result.headers.delete(name);
      for (const one of [value].flat()) result.headers.append(name, one);
      return response;
    },
    send(sent: unknown) {
      result.body = sent;
    },
    json(sent: unknown) {
      result.body = sent;
    },
    end: () => undefined,
  };
  await Reflect.apply(NextAuth, undefined, [
    { ...rest, query: { ...query, nextauth: [...segments] } },
    response,
    options,
  ]);
  return result;
}
