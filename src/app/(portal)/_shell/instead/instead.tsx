"use client";

import dynamic from "next/dynamic";

// What stands in place of the portal for few readers is not among the script of all.

export const CompanyRequired = dynamic(() =>
  import("./company-required").then((file) => file.CompanyRequired),
);
export const ConsentRequired = dynamic(() =>
  import("./consent-required").then((file) => file.ConsentRequired),
);
export const FactorRequired = dynamic(() => import("./factor-required").then((file) => file.FactorRequired));
export const SuspendedView = dynamic(() => import("./suspended-view").then((file) => file.SuspendedView));
