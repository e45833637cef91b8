import {
  assertionSchema,
  type CallerContext,
  type PresentedPasskey,
  signInWithPasskey,
} from "@agathaai/core/accounts";
import { AppError } from "@agathaai/core/platform";
import { db } from "@agathaai/core/platform/db/client";
import type { User } from "next-auth";
import CredentialsProvider from "next-auth/providers/credentials";
import { keepBrowserCookie } from "../browser-cookie";
import { clearPasskeyCookie, readPasskeyHolder } from "../passkey-cookie";

/** What next-auth passes on of a request. */
export type CredentialHeaders = Record<string, unknown>;

interface PasskeyProviderOptions {
  cookies: string[];
  callerContextOf: (headers: CredentialHeaders) => CallerContext & { browser: string };
  codeOf: (error: unknown) => string;
}

/** Signing in with a passkey alone. */
export function passkeyProvider({ cookies, callerContextOf, codeOf }: PasskeyProviderOptions) {
  return CredentialsProvider({
    id: "passkey",
    credentials: { passkey: {} },
    /** Throws an error with the code alone, because next-auth puts it into the response's URL. */
    authorize: async (credentials, request): Promise<User | null> => {
      try {
        const headers: CredentialHeaders = request.headers ?? {};
        const passkey = presentedPasskey(credentials?.passkey ?? "", headers);
        const caller = callerContextOf(headers);
        const session = await signInWithPasskey(db(), { ...passkey, ...caller });
        cookies.push(keepBrowserCookie(caller.browser), clearPasskeyCookie());
        return { id: session.userId, session };
      } catch (error) {
        throw new Error(codeOf(error));
      }
    },
  });
}

/** The passkey that a form sends beside or instead of a code, as JSON. @throws AppError `passkey_invalid`. */
export function presentedPasskey(json: string, headers: CredentialHeaders): PresentedPasskey {
  const holder = readPasskeyHolder(typeof headers.cookie === "string" ? headers.cookie : undefined);
  const assertion = assertionSchema.safeParse(parse(json));
  if (holder === undefined || !assertion.success) {
    throw new AppError("passkey_invalid", {
      public: "This passkey wasn’t accepted. The attempt took too long. Try again.",
    });
  }
  return { assertion: assertion.data, holder };
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
