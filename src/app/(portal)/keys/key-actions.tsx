"use client";

import { Ellipsis, RefreshCw, Trash2 } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import type { Key, SampleCall } from "./key";
import { RevokeKeyDialog } from "./revoke-key-dialog";
import { RotateKeyDialog } from "./rotate-key-dialog";

export function KeyActions({ apiKey, sample }: { apiKey: Key; sample: SampleCall }) {
  const [open, setOpen] = useState<"rotate" | "revoke" | null>(null);
  const close = () => setOpen(null);
  return (
    <>
      <DropdownMenu>
        <DropdownMenuTrigger asChild>
          <Button variant="ghost" size="icon-sm" aria-label={`Actions for ${apiKey.name}`}>
            <Ellipsis aria-hidden="true" />
          </Button>
        </DropdownMenuTrigger>
        <DropdownMenuContent align="end">
          {apiKey.status === "active" && (
            <DropdownMenuItem onSelect={() => setOpen("rotate")}>
              <RefreshCw aria-hidden="true" />
              Rotate
            </DropdownMenuItem>
          )}
          <DropdownMenuItem danger onSelect={() => setOpen("revoke")}>
            <Trash2 aria-hidden="true" />
            Revoke
          </DropdownMenuItem>
        </DropdownMenuContent>
      </DropdownMenu>
      {open === "rotate" && <RotateKeyDialog apiKey={apiKey} sample={sample} onDone={close} />}
      {open === "revoke" && <RevokeKeyDialog apiKey={apiKey} onDone={close} />}
    </>
  );
}
