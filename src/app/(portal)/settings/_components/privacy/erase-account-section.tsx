"use client";

import dynamic from "next/dynamic";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { MeGate, SettingsSection } from "../settings-section";

const EraseAccountDialog = dynamic(() => import("./erase-account-dialog"));

export function EraseAccountSection() {
  const [asking, setAsking] = useState(false);
  return (
    <SettingsSection
      id="erase-account"
      title="Erase account"
      description="Erases you and your personal organization. No one can read your data again, not even us."
    >
      <MeGate>
        {({ user }) => (
          <>
            <Button variant="danger" onClick={() => setAsking(true)}>
              Erase account
            </Button>
            {asking && <EraseAccountDialog email={user.email} onDone={() => setAsking(false)} />}
          </>
        )}
      </MeGate>
    </SettingsSection>
  );
}
