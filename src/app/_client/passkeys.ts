import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from "@simplewebauthn/browser";

// The library is loaded when a passkey is used, and by no page before.
const library = () => import("@simplewebauthn/browser");

/** Makes a passkey with this browser. Throws a `PasskeyFailure`. */
export async function createPasskey(optionsJSON: PublicKeyCredentialCreationOptionsJSON) {
  const { startRegistration } = await library();
  return await startRegistration({ optionsJSON }).catch(explain);
}

/** Lets a passkey of this browser sign. Throws a `PasskeyFailure`. */
export async function signWithPasskey(optionsJSON: PublicKeyCredentialRequestOptionsJSON) {
  const { startAuthentication } = await library();
  return await startAuthentication({ optionsJSON }).catch(explain);
}

const NOT_POSSIBLE = "This browser can’t use passkeys here. Try another browser or device.";

/** By the name of what browsers throw (WebAuthn §5.1.3, §5.1.4). They do not tell a refusal from a missing passkey. */
const texts: Readonly<Record<string, string>> = {
  NotAllowedError:
    "No passkey was used. You canceled, it took too long, or this device has none for AgathaAI.",
  AbortError: "No passkey was used. Try again.",
  InvalidStateError: "This device already has a passkey for your account.",
};

/** Why the browser did not do it, as a page shows it. */
export class PasskeyFailure extends Error {
  override readonly name = "PasskeyFailure";
  /** As an error of the server, so that forms show the message. */
  readonly data = { httpStatus: 400 };
}

function explain(error: unknown): never {
  const name = error instanceof Error ? error.name : "";
  throw new PasskeyFailure(texts[name] ?? NOT_POSSIBLE, { cause: error });
}
