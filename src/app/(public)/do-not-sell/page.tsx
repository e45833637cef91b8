import type { Metadata } from "next";
import { headers } from "next/headers";
import { Notice } from "@/components/ui/notice";
import { GuideLink } from "../_components/guide";
import { LegalText } from "../_components/legal-text";

export const metadata: Metadata = {
  title: "Do not sell or share my personal information",
  description: "AgathaAI does not sell or share personal information, so there is nothing to opt out of.",
};

/** California (CCPA/CPRA) asks for this page and for honoring Global Privacy Control, also where there is nothing to turn off. */
export default async function DoNotSellPage() {
  const optedOut = (await headers()).get("sec-gpc") === "1";
  return (
    <LegalText title="Do not sell or share my personal information">
      {optedOut && (
        <Notice tone="good" title="Your browser sends Global Privacy Control">
          We honor it. There is nothing to turn off: nothing is sold or shared.
        </Notice>
      )}
      <p>
        We do not sell personal information, and do not share it for cross-context behavioral advertising. We
        have not done so in the last 12 months. There is no advertising, no tracker and no third-party script
        on these pages, so there is nothing to opt out of.
      </p>
      <h2>Global Privacy Control</h2>
      <p>
        A browser can send a signal that opts out of sale and sharing (<code>Sec-GPC: 1</code>). We treat
        every visitor as if theirs did. If yours does, this page says so.
      </p>
      <h2>Sensitive information</h2>
      <p>We use it only to provide the service: to answer the requests that contain it.</p>
      <h2>Your other rights</h2>
      <p>
        Know, access, correct, delete and port: in Settings, for everyone, wherever they live. The{" "}
        <GuideLink href="/privacy">privacy policy</GuideLink> describes them, and the list of{" "}
        <GuideLink href="/subprocessors">sub-processors</GuideLink> says who processes what for us. Plans and
        prices do not depend on whether you use your rights.
      </p>
    </LegalText>
  );
}
