"use client";

import dynamic from "next/dynamic";
import { useState } from "react";
import { ListSkeleton } from "@/components/data/list-skeleton";
import { Button } from "@/components/ui/button";
import { SettingsSection } from "../settings-section";

const SignInList = dynamic(() => import("./sign-in-list").then((module) => module.SignInList), {
  loading: () => <ListSkeleton label="Loading your sign-ins" />,
});

export function SignInsSection() {
  const [shown, setShown] = useState(false);
  return (
    <SettingsSection
      id="sign-ins"
      title="Sign-in history"
      description="The last 90 days, with attempts that failed. We email you when someone signs in from a device you haven’t used before."
    >
      {shown ? (
        <SignInList />
      ) : (
        <Button variant="secondary" onClick={() => setShown(true)}>
          Show sign-ins
        </Button>
      )}
    </SettingsSection>
  );
}
