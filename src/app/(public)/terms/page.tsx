import type { Metadata } from "next";
import { GuideLink } from "../_components/guide";
import { Placeholder } from "../_components/placeholder";

export const metadata: Metadata = {
  title: "Terms",
  description: "A placeholder for the terms of service, and how the service works today.",
};

export default function TermsPage() {
  return (
    <Placeholder
      title="Terms of service"
      notice="The terms are not written yet, and nothing on this page is binding. Whoever runs this installation adds terms here before selling it."
    >
      <p>Until then, these pages describe how the service works today:</p>
      <ul>
        <li>
          <GuideLink href="/pricing">Pricing</GuideLink>: what each plan includes and costs.
        </li>
        <li>
          <GuideLink href="/docs/billing">Billing and caps</GuideLink>: what is charged and when, what happens
          past the plan’s tokens, and how to cancel.
        </li>
        <li>
          <GuideLink href="/docs/limits">Limits</GuideLink>: how requests and tokens are counted.
        </li>
        <li>
          <GuideLink href="/status">Status</GuideLink>: what works right now.
        </li>
      </ul>
    </Placeholder>
  );
}
