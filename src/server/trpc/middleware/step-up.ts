import { assertSteppedUp } from "@agathaai/core/accounts";
import type { Context } from "../context";
import type { StepUp } from "../meta";

/**
 * Before a grave call, the person signed in must have proven in the last ten minutes that it is them. API keys and apps
 * have nobody to ask, and what they may do is decided when they are created or connected.
 * @throws AppError `step_up_required`.
 */
export async function requireStepUp(
  { db, principal }: Pick<Context, "db" | "principal">,
  stepUp: StepUp | undefined,
  getRawInput: () => Promise<unknown>,
): Promise<void> {
  if (stepUp === undefined || principal === null || principal.kind === "key" || principal.kind === "app")
    return;
  if (stepUp !== true && !stepUp.when(await getRawInput())) return;
  await assertSteppedUp(db, principal);
}
