import { type ReactNode, useState } from "react";
import { Button } from "@/components/ui/button";
import { SecretField } from "@/components/ui/fields/secret-field";
import { DialogFooter } from "@/components/ui/overlays/dialog";

interface SecretOnceProps {
  secret: string;
  /** The field's name: "Signing secret". */
  label: string;
  /** What the buttons call it. */
  noun: "key" | "secret" | "token";
  onDone: () => void;
  /** What else to know, below the secret. */
  children?: ReactNode;
}

/** A secret's only appearance, in a dialog that is not `closable`: its button stands out once the secret was copied. */
export function SecretOnce({ secret, label, noun, onDone, children }: SecretOnceProps) {
  const [copied, setCopied] = useState(false);
  return (
    <>
      <SecretField
        secret={secret}
        label={label}
        copyLabel={`Copy ${noun}`}
        onCopied={() => setCopied(true)}
      />
      {children}
      <DialogFooter>
        <Button onClick={onDone} variant={copied ? "primary" : "secondary"}>
          I’ve saved this {noun}
        </Button>
      </DialogFooter>
    </>
  );
}
