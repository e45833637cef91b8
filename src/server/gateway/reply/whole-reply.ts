import type { Settlement } from "@agathaai/core/admission";
import type { AppError } from "@agathaai/core/platform/errors";
import type { Outcome } from "@agathaai/worker/engine/live/generation";
import { Reply } from "./reply";
import { servedHeaders } from "./served-headers";
import { usageWithCost } from "./usage";

/** The answer in one piece. */
export class WholeReply<Answer extends object> extends Reply<Answer> {
  answering(): void {}
  frames(): void {}
  tick(): void {}
  protected release(): void {}

  protected finish({ answer, target, wireUsage }: Outcome<Answer>, settlement: Settlement): void {
    const usage = wireUsage && usageWithCost(wireUsage, settlement);
    Object.assign(this.exchange.headers, servedHeaders(target));
    this.exchange.json(200, { ...answer, ...(usage !== undefined && { usage }) });
  }

  protected fail(error: AppError): void {
    this.exchange.refuse(error);
  }
}
