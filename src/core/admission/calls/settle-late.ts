import { log } from "../../platform/observability/log";
import type { CallEnd, CallToAdmit } from "./call";
import { closeUnbilled, onceBack } from "./close-unbilled";
import type { Settled } from "./ended-call";
import type { Settlements } from "./settle-call";

/**
 * Goes on with a settlement that may have been committed unheard, and whose caller has the whole answer: it is billed as that says,
 * once PostgreSQL is back (ADR 120).
 *
 * @returns what the ledger says of it; nothing where somebody had closed the call unbilled. Undefined: that is not known.
 */
export async function settleLate(
  settlements: Settlements,
  call: CallToAdmit,
  end: CallEnd,
  { leased }: { leased: boolean },
): Promise<Settled | undefined> {
  try {
    const again = () => settlements.add(call.id, end, { leased, call, doubtful: true });
    return (await onceBack(settlements, again)) ?? { tokens: 0, micros: 0n };
  } catch (error) {
    if (settlements.drained) return undefined;
    log().error(
      { err: error, request: call.id },
      "a settlement was refused of which its caller knows nothing",
    );
    return await closeUnbilled(settlements, call.id);
  }
}
