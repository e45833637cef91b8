import type { Metadata } from "next";
import { Placeholder } from "../_components/placeholder";
import { GuideLink } from "../docs/(guides)/_components/guide";

export const metadata: Metadata = {
  title: "Terms",
  description: "Where the terms of service will stand, and how the service works today.",
};

export default function TermsPage() {
  return (
    <Placeholder
      title="Terms of service"
      notice="The terms are not written yet, and nothing on this page binds anyone. Who runs this installation puts its own terms here before it is sold."
    >
      <p>Until then, this is how the service behaves today, described where it can be checked:</p>
      <ul>
        <li>
          <GuideLink href="/pricing">Pricing</GuideLink>: what each plan includes and costs.
        </li>
        <li>
          <GuideLink href="/docs/billing">Billing and caps</GuideLink>: what is charged when, what happens
          past the plan's tokens, and how to end a plan.
        </li>
        <li>
          <GuideLink href="/docs/limits">Limits</GuideLink>: how requests and tokens are counted.
        </li>
        <li>
          <GuideLink href="/status">Status</GuideLink>: what works at this moment.
        </li>
      </ul>
    </Placeholder>
  );
}
