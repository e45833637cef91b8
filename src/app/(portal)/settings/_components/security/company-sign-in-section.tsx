import Link from "next/link";
import { Button } from "@/components/ui/button";
import { SettingsSection } from "../settings-section";

export function CompanySignInSection() {
  return (
    <SettingsSection
      id="company-sign-in"
      title="Company sign-in"
      description="Let people of your company sign in at its identity provider. Part of the Enterprise plan."
    >
      <Button asChild variant="secondary">
        <Link href="/settings/company-sign-in">Set up company sign-in</Link>
      </Button>
    </SettingsSection>
  );
}
