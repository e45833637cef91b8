import type { Metadata } from "next";
import { GuideLink } from "../_components/guide";
import { LegalPage } from "../_components/legal-text";

export const metadata: Metadata = {
  title: "Terms of service",
  description: "What AgathaAI provides, what you may do with it, and what it costs.",
};

export default function TermsPage() {
  return (
    <LegalPage document="terms">
      <h2>1. Who agrees to what</h2>
      <p>
        These terms are between [operator, address] (“we”) and the person or company that creates an account
        (“you”). Whoever creates an account for a company confirms that they may bind it. The{" "}
        <GuideLink href="/dpa">data processing agreement</GuideLink> is part of these terms.
      </p>
      <h2>2. The service</h2>
      <p>
        You send requests to language models of several providers through one API. Models answer; answers can
        be wrong, and you decide what to do with them. The <GuideLink href="/docs">documentation</GuideLink>{" "}
        describes the service, and <GuideLink href="/status">Status</GuideLink> shows what works right now.
      </p>
      <h2>3. Your content</h2>
      <p>
        Prompts and answers are yours. We process them to answer you, as the data processing agreement says,
        and do not train models with them. The provider of a model that you call receives the prompt.
      </p>
      <h2>4. Acceptable use</h2>
      <ul>
        <li>Do not break the law, the rights of others, or the usage policies of the providers you call.</li>
        <li>Do not attack the service, get around its limits, or resell access without an agreement.</li>
        <li>Keep keys secret. You answer for requests made with them until you revoke them.</li>
      </ul>
      <h2>5. Prices and payment</h2>
      <p>
        <GuideLink href="/pricing">Pricing</GuideLink> says what each plan includes and costs, and{" "}
        <GuideLink href="/docs/billing">Billing and caps</GuideLink> what is charged and when. Payments are
        taken by Stripe. Past a plan’s tokens, requests stop unless you have turned on overage.
      </p>
      <h2>6. Suspension and end</h2>
      <p>
        You can cancel at any time, to the end of the period paid for, and erase your account. We can suspend
        an account that breaks these terms or endangers the service; the reason is given. [Notice periods]
      </p>
      <h2>7. Availability and liability</h2>
      <p>[Service level, warranty, limits of liability, indemnity: for counsel.]</p>
      <h2>8. Changes</h2>
      <p>
        A new version is announced with the day on which it takes effect. From that day the portal asks you to
        agree before you continue; keys keep working meanwhile.
      </p>
      <h2>9. Law</h2>
      <p>[Governing law and courts: for counsel.]</p>
    </LegalPage>
  );
}
