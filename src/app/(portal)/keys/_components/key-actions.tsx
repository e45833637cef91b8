"use client";

import { Ellipsis, RefreshCw, SlidersHorizontal, Trash2 } from "lucide-react";
import { Button } from "@/components/ui/button";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
} from "@/components/ui/overlays/dropdown-menu";
import type { Key, SampleCall } from "../_lib/key";
import { useKeyDialogs } from "./dialogs/use-key-dialogs";

export function KeyActions({ apiKey, sample }: { apiKey: Key; sample: SampleCall }) {
  const { ask, dialogs } = useKeyDialogs(apiKey, sample);
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
            <>
              <DropdownMenuItem onSelect={() => ask("edit")}>
                <SlidersHorizontal aria-hidden="true" />
                Change
              </DropdownMenuItem>
              <DropdownMenuItem onSelect={() => ask("rotate")}>
                <RefreshCw aria-hidden="true" />
                Rotate
              </DropdownMenuItem>
            </>
          )}
          <DropdownMenuItem danger onSelect={() => ask("revoke")}>
            <Trash2 aria-hidden="true" />
            Revoke
          </DropdownMenuItem>
        </DropdownMenuContent>
      </DropdownMenu>
      {dialogs}
    </>
  );
}
