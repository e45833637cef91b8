import Link from "next/link";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { capitalized } from "@/shared/format/capitalized";
import { paymentProblem } from "../billing/_lib/payment-problem";
import type { Billing } from "../billing/_lib/plan-offer";

/** What is wrong with the payment, if anything, and a link to the page where it can be fixed. */
export function PaymentProblem({ billing }: { billing: Billing }) {
  const problem = paymentProblem(billing, capitalized(billing.plan));
  if (problem === undefined) return null;
  return (
    <div className="mx-auto w-full max-w-portal px-4 pt-4 sm:px-8">
      <Notice
        tone={problem.urgent ? "danger" : "attention"}
        title={problem.title}
        action={
          <Button asChild size="sm" variant="secondary">
            <Link href="/billing">View billing</Link>
          </Button>
        }
      >
        {problem.text}
      </Notice>
    </div>
  );
}
