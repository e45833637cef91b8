import type { Environment, Principal } from "../platform/principal";

/** Until the e-mail address is verified, a person's requests go to the simulator. */
export function environmentOf(principal: Principal): Environment {
  if (principal.kind !== "key" && !principal.emailVerified) return "test";
  return principal.environment;
}
