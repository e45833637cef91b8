import type { AppError } from "@agathaai/core/platform";
import type { Outcome } from "@agathaai/worker/engine/live/generation";
import { Reply } from "./reply";
import { servedHeaders } from "./served-headers";
import { type Charged, usageWithCost } from "./usage";

/** The answer in one piece. */
export class WholeReply<Answer extends object> extends Reply<Answer> {
  answering(): void {}
  frames(): void {}
  tick(): void {}
  protected release(): void {}

  protected finish({ answer, target, wireUsage }: Outcome<Answer>, charged: Charged): void {
    // Copied field by field, since it may still be stored; spread and added to, it would take a microsecond more.
    const body: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(answer ?? {})) body[name] = value;
    if (wireUsage !== undefined) body.usage = usageWithCost(wireUsage, charged);
    Object.assign(this.exchange.headers, servedHeaders(target));
    this.exchange.json(200, body);
  }

  protected fail(error: AppError): void {
    this.exchange.refuse(error);
  }
}
