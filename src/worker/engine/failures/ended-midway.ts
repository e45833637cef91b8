import { ProviderFailure, type ProviderName } from "./errors";

/** What a stream's caller is told that was ended in the middle, and that nobody failed at (ADR 36). */

const BILLED = "What had been delivered until then was billed.";

/** It has had all the time that a call may take. Before its first content that is a failure as any other. */
export function outOfTime(
  provider: ProviderName,
  { ms, isAnswering }: { ms: number; isAnswering: boolean },
): ProviderFailure {
  const publicMessage = `This answer took longer than a call may take, and was ended. ${BILLED}`;
  return new ProviderFailure("timeout", {
    provider,
    detail: `${ms} ms`,
    ...(isAnswering && { publicMessage }),
  });
}

/** Its provider's policy forbids the rest. */
export function forbiddenMidway(failure: ProviderFailure): ProviderFailure {
  const { kind, provider, publicMessage, message } = failure;
  return new ProviderFailure(kind, {
    provider,
    detail: message,
    publicMessage: `${publicMessage} ${BILLED}`,
    cause: failure,
  });
}
