import type { Metadata } from "next";
import { GuideLink } from "../_components/guide";
import { Placeholder } from "../_components/placeholder";

export const metadata: Metadata = {
  title: "Privacy",
  description: "A placeholder for the privacy policy, and how the software handles data today.",
};

export default function PrivacyPage() {
  return (
    <Placeholder
      title="Privacy policy"
      notice="The policy is not written yet, and nothing on this page is binding. Whoever runs this installation adds a policy here before opening it to others."
    >
      <p>Until then, this is how the software handles data today.</p>
      <h2>What we keep</h2>
      <ul>
        <li>Your name and email address, encrypted with a key of their own.</li>
        <li>
          Prompts and answers, encrypted with your organization’s key, for up to 365 days or until you delete
          them.
        </li>
        <li>Usage, cost and the audit log, without the content of requests.</li>
      </ul>
      <h2>Who receives it</h2>
      <ul>
        <li>The provider of the model you name receives the prompt, to answer it.</li>
        <li>Stripe receives what it needs to take a payment. Card numbers never reach this server.</li>
        <li>Google or GitHub learns that you sign in here, if you choose to sign in with it.</li>
        <li>No one else. These pages have no trackers and no third-party scripts.</li>
      </ul>
      <h2>Cookies</h2>
      <p>
        Three: one keeps you signed in, one protects the sign-in form, and one remembers the light or dark
        theme.
      </p>
      <p>
        <GuideLink href="/docs/security">Security</GuideLink> describes how data is protected, and{" "}
        <GuideLink href="/docs/usage#deleting">Deleting</GuideLink> how to delete a request.
      </p>
    </Placeholder>
  );
}
