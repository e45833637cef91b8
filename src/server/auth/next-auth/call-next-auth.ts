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

export interface AuthAnswer {
  status: number;
  body: unknown;
  headers: Headers;
}

/**
 * One call of next-auth with what we let it see, by its interface for Node: the one for route handlers reads the
 * request's cookies and body itself.
 */
export async function callNextAuth(call: AuthCall, options: AuthOptions): Promise<AuthAnswer> {
  const { segments, query, ...rest } = call;
  const answer: AuthAnswer = { status: 200, body: null, headers: new Headers() };
  const response = {
    status(code: number) {
      answer.status = code;
      return response;
    },
    getHeader: (name: string) =>
      name.toLowerCase() === "set-cookie" ? answer.headers.getSetCookie() : answer.headers.get(name),
    setHeader(name: string, value: string | string[]) {
      answer.headers.delete(name);
      for (const one of [value].flat()) answer.headers.append(name, one);
      return response;
    },
    send(sent: unknown) {
      answer.body = sent;
    },
    json(sent: unknown) {
      answer.body = sent;
    },
    end: () => undefined,
  };
  await Reflect.apply(NextAuth, undefined, [
    { ...rest, query: { ...query, nextauth: [...segments] } },
    response,
    options,
  ]);
  return answer;
}
