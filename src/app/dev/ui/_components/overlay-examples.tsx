"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Notice } from "@/components/ui/notice";
import { AlertDialog, AlertDialogCancel, AlertDialogContent } from "@/components/ui/overlays/alert-dialog";
import {
  Dialog,
  DialogClose,
  DialogContent,
  DialogFooter,
  DialogTrigger,
} from "@/components/ui/overlays/dialog";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from "@/components/ui/overlays/dropdown-menu";
import { LazyDateRangeDialog } from "@/components/ui/overlays/lazy-date-range-dialog";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "@/components/ui/tabs";
import { type ToastTone, toast } from "@/components/ui/toasts/toast-store";
import { Example } from "./example";

const LONGEST_DAYS = 400;

export function OverlayExamples() {
  const [asking, setAsking] = useState(false);
  const [choosing, setChoosing] = useState(false);
  return (
    <Example name="Dialog, AlertDialog, DateRangeDialog, DropdownMenu">
      <Dialog>
        <DialogTrigger asChild>
          <Button variant="secondary">Open dialog</Button>
        </DialogTrigger>
        <DialogContent title="Create key" description="Name it after the program that will use it.">
          <DialogFooter>
            <DialogClose asChild>
              <Button variant="ghost">Cancel</Button>
            </DialogClose>
            <Button>Create key</Button>
          </DialogFooter>
        </DialogContent>
      </Dialog>
      <Button variant="danger" onClick={() => setAsking(true)}>
        Revoke key
      </Button>
      <AlertDialog open={asking} onOpenChange={setAsking}>
        <AlertDialogContent title="Revoke Laptop?" description="Requests with this key will be refused.">
          <DialogFooter>
            <AlertDialogCancel asChild>
              <Button variant="ghost">Cancel</Button>
            </AlertDialogCancel>
            <Button variant="danger" onClick={() => setAsking(false)}>
              Revoke key
            </Button>
          </DialogFooter>
        </AlertDialogContent>
      </AlertDialog>
      <Button variant="secondary" onClick={() => setChoosing(true)}>
        Custom range
      </Button>
      <LazyDateRangeDialog
        open={choosing}
        onOpenChange={setChoosing}
        from="2026-11-01"
        to="2026-11-30"
        longestDays={LONGEST_DAYS}
        onChoose={() => setChoosing(false)}
      />
      <DropdownMenu>
        <DropdownMenuTrigger asChild>
          <Button variant="secondary">Open menu</Button>
        </DropdownMenuTrigger>
        <DropdownMenuContent>
          <DropdownMenuLabel>Actions</DropdownMenuLabel>
          <DropdownMenuItem>Change</DropdownMenuItem>
          <DropdownMenuSeparator />
          <DropdownMenuItem danger>Revoke</DropdownMenuItem>
        </DropdownMenuContent>
      </DropdownMenu>
    </Example>
  );
}

const noticeTones = ["info", "attention", "danger", "good"] as const;
const toastTones: readonly ToastTone[] = ["neutral", "good", "danger"];

export function MessageExamples() {
  return (
    <>
      {noticeTones.map((tone) => (
        <Notice
          key={tone}
          tone={tone}
          title={`A notice of the tone ${tone}`}
          action={
            <Button variant="secondary" size="sm">
              Try again
            </Button>
          }
        >
          What happened, what it means, what to do.
        </Notice>
      ))}
      <Example name="Toasts">
        {toastTones.map((tone) => (
          <Button
            key={tone}
            variant="secondary"
            size="sm"
            onClick={() => toast("Laptop changed", { description: "Within five seconds.", tone })}
          >
            {tone}
          </Button>
        ))}
      </Example>
      <EmptyState title="No keys yet" action={<Button>Create key</Button>}>
        Start with a test key: answers are simulated and free.
      </EmptyState>
      <Example name="Skeleton" className="grid">
        <Loading label="Loading" className="grid gap-2">
          <Skeleton className="w-40" />
          <Skeleton className="w-56" />
        </Loading>
      </Example>
      <Tabs defaultValue="one">
        <TabsList>
          <TabsTrigger value="one">One tab</TabsTrigger>
          <TabsTrigger value="two">Another</TabsTrigger>
        </TabsList>
        <TabsContent value="one">What the first tab shows.</TabsContent>
        <TabsContent value="two">What the second tab shows.</TabsContent>
      </Tabs>
    </>
  );
}
