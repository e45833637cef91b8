import type { Metadata } from "next";
import { Placeholder } from "../_components/placeholder";
import { GuideLink } from "../docs/(guides)/_components/guide";

export const metadata: Metadata = {
  title: "Privacy",
  description: "Where the privacy policy will stand, and what happens to data today.",
};

export default function PrivacyPage() {
  return (
    <Placeholder
      title="Privacy policy"
      notice="The policy is not written yet, and nothing on this page binds anyone. Who runs this installation puts its own policy here before it is opened to others."
    >
      <p>Until then, this is what the software does with data today.</p>
      <h2>What is kept</h2>
      <ul>
        <li>Your name and email address, encrypted under a key of your own.</li>
        <li>Prompts and answers, encrypted under your organization's key, until you delete them.</li>
        <li>What was used and what it cost, and who did what: without content.</li>
      </ul>
      <h2>Who gets it</h2>
      <ul>
        <li>The provider of the model you name gets the prompt, to answer it.</li>
        <li>Stripe gets what it needs to take a payment. Card numbers never reach this server.</li>
        <li>Google or GitHub learn that you sign in here, if you choose to sign in with them.</li>
        <li>Nobody else. There are no trackers and no third-party scripts on these pages.</li>
      </ul>
      <h2>Cookies</h2>
      <p>
        One that keeps you signed in, one that guards the sign-in form, and one that remembers light or dark.
      </p>
      <p>
        <GuideLink href="/docs/security">Security</GuideLink> says how it is protected, and{" "}
        <GuideLink href="/docs/usage#deleting">Deleting</GuideLink> how to remove a request.
      </p>
    </Placeholder>
  );
}
