"use client";

import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/fields/field";
import { Input } from "@/components/ui/fields/input";
import { SettingsSection } from "../../_components/settings-section";

/** Lists don't reach into the archive: a request there is found by its ID. */
export function ArchiveSection() {
  const router = useRouter();
  const [id, setId] = useState("");
  const [tried, setTried] = useState(false);
  const isId = /^inf_[0-9a-z]{26}$/.test(id.trim());
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (isId) router.push(`/requests/${id.trim()}`);
  };
  return (
    <SettingsSection
      id="archive"
      title="Archive"
      description="Requests that have left the history. The list of requests doesn’t show them."
    >
      <form onSubmit={submit} method="post" noValidate className="grid max-w-md gap-4">
        <Field
          label="Request ID"
          hint="The ID your program received, also on the request’s receipt."
          error={tried && !isId ? "A request ID starts with inf_ and has 26 characters after it." : undefined}
        >
          {(control) => (
            <Input
              {...control}
              autoComplete="off"
              spellCheck={false}
              maxLength={60}
              placeholder="inf_…"
              className="font-mono"
              value={id}
              onChange={(event) => setId(event.currentTarget.value)}
            />
          )}
        </Field>
        <Button type="submit" variant="secondary" className="w-fit">
          Find request
        </Button>
      </form>
    </SettingsSection>
  );
}
