import { expect, test } from "@playwright/test";
import { signInAsOperator } from "../support/operator-login";

test("on a phone the console's bar shows the page that is open, also where one gets there by a link", async ({
  page,
}) => {
  await signInAsOperator(page);
  await page.setViewportSize({ width: 390, height: 844 });
  const bar = page.getByRole("navigation", { name: "Operator console" });
  const tab = (name: string) => bar.getByRole("link", { name, exact: true });
  const isOpen = async (name: string) => {
    await expect(tab(name)).toHaveAttribute("aria-current", "page");
    await expect(tab(name)).toBeInViewport({ ratio: 0.99 });
  };

  await page.goto("/admin/audit");
  await isOpen("Audit log");
  // There is no room for all of them.
  await expect(tab("Organizations")).not.toBeInViewport();

  await page.goto("/admin");
  await isOpen("Organizations");
  await expect(tab("Audit log")).not.toBeInViewport();
  // A click would bring it into view by itself.
  await tab("Audit log").dispatchEvent("click");
  await isOpen("Audit log");
});
