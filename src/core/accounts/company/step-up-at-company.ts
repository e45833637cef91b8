import type { Clock, Db } from "../../platform";
import { transactWithKeys } from "../../privacy";
import type { CallerContext } from "../schemas";
import type { SteppedUpView } from "../second-factor/schemas";
import { recordStepUp } from "../sessions/step-up";
import { userSubject } from "../users/user-fields";

/** The company has just had the person prove again who they are; the caller has seen that it is the same person. */
export async function stepUpAtCompany(
  db: Db,
  of: CallerContext & { userId: string; orgId: string; sessionId: string },
  clock: Clock,
): Promise<SteppedUpView> {
  return await transactWithKeys(db, [userSubject(of.userId)], (tx) =>
    recordStepUp(tx, { ...of, method: "company" }, clock),
  );
}
