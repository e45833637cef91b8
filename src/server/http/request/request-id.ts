import { newId } from "@agathaai/core/platform/ids";

/** Our own id for one request, time-ordered; customers quote it to support. Ids sent from outside are never adopted. */
export function newRequestId(): string {
  return `req_${newId().replaceAll("-", "")}`;
}
