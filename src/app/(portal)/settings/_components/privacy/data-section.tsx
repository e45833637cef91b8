import Link from "next/link";
import { Button } from "@/components/ui/button";
import { SettingsSection } from "../settings-section";

export function DataSection() {
  return (
    <SettingsSection
      id="data"
      title="Data"
      description="How long requests are kept, the archive, where prompts may go, and what you agreed to."
    >
      <Button asChild variant="secondary">
        <Link href="/settings/data">View data settings</Link>
      </Button>
    </SettingsSection>
  );
}
