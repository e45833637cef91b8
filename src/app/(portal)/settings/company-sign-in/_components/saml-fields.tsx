"use client";

import { FormField } from "@/components/ui/fields/form-field";
import { Input } from "@/components/ui/fields/input";
import { Segments } from "@/components/ui/fields/segments";
import { Textarea } from "@/components/ui/fields/textarea";
import type { useZodForm } from "../../../../_client/use-zod-form";
import type { ConnectionDraft } from "../_lib/connection-draft";

interface SamlFieldsProps {
  form: ReturnType<typeof useZodForm<ConnectionDraft, ConnectionDraft>>;
  /** Whether there is a certificate that an empty field keeps. */
  kept: boolean;
}

const ways = [
  { value: "metadata", label: "From metadata" },
  { value: "hand", label: "By hand" },
] as const;
/** As our limit for it. */
const MAX_METADATA = 256 * 1024;

/** What the provider says of itself: as its metadata, or copied by hand. */
export function SamlFields({ form, kept }: SamlFieldsProps) {
  const by = form.watch("by");
  return (
    <>
      <div>
        <Segments
          legend="How to enter your provider"
          value={by}
          options={ways}
          onChange={(value) => form.change({ by: value })}
        />
      </div>
      {by === "metadata" ? <Metadata form={form} /> : <ByHand form={form} kept={kept} />}
    </>
  );
}

function Metadata({ form }: Pick<SamlFieldsProps, "form">) {
  const upload = async (file: File | undefined) => {
    if (file === undefined) return;
    // A larger one is refused at its field, so the rest of it need not be read.
    form.change({ metadata: await file.slice(0, 4 * MAX_METADATA).text() });
  };
  return (
    <>
      <FormField
        form={form}
        name="metadata"
        label="Metadata of your provider"
        hint="Its XML. We take the entity ID, sign-in URL and signing certificates from it."
      >
        {(control) => (
          <Textarea
            {...control}
            rows={6}
            spellCheck={false}
            placeholder="<EntityDescriptor …"
            className="max-h-48 font-mono md:text-[13px]"
          />
        )}
      </FormField>
      <label className="grid gap-1.5 text-[13px]">
        Or upload the file
        <input
          type="file"
          accept=".xml,application/xml,text/xml,application/samlmetadata+xml"
          className="w-full text-muted file:mr-3 file:rounded-md file:border file:border-edge file:bg-surface file:px-3 file:py-1.5 file:text-ink"
          onChange={({ currentTarget: { files } }) => void upload(files?.[0])}
        />
      </label>
    </>
  );
}

function ByHand({ form, kept }: SamlFieldsProps) {
  return (
    <>
      <FormField form={form} name="issuer" label="Entity ID of your provider">
        {(control) => <Input {...control} maxLength={500} autoComplete="off" />}
      </FormField>
      <FormField form={form} name="ssoUrl" label="Sign-in URL of your provider">
        {(control) => <Input {...control} type="url" maxLength={500} autoComplete="off" />}
      </FormField>
      <FormField
        form={form}
        name="certificates"
        label="Signing certificate"
        hint={
          kept
            ? "PEM text. During a change of certificates, paste the old and the new one. Leave empty to keep the current one."
            : "PEM text. During a change of certificates, paste the old and the new one, one after the other."
        }
      >
        {(control) => (
          <Textarea
            {...control}
            rows={5}
            maxLength={20000}
            spellCheck={false}
            placeholder="-----BEGIN CERTIFICATE-----"
            className="max-h-40 whitespace-pre font-mono md:text-[13px]"
          />
        )}
      </FormField>
    </>
  );
}
