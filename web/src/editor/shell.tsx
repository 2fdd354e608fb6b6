// Around every page of the administration: its menu, who is signed in, and the way out.

import {
  ActionIcon,
  AppShell,
  Burger,
  Button,
  NavLink,
  Text,
  useComputedColorScheme,
  useMantineColorScheme,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type ReactNode, useRef } from "react";
import { useTranslation } from "react-i18next";
import { signOut } from "../api/remote.ts";
import type { WhoAmI } from "../api/wire.ts";
import icon from "../ui/icon.svg";
import { MoonIcon, pageIcon, SunIcon } from "../ui/icons.tsx";
import { hrefTo } from "./route.ts";
import classes from "./shell.module.css";

const SECTIONS = [
  { section: undefined, text: "admin.menu.applications", icon: "dashboard" },
  { section: "models", text: "admin.menu.models", icon: "form" },
  { section: "data", text: "admin.menu.data", icon: "list" },
  { section: "xflows", text: "admin.menu.xflows", icon: "chart" },
  { section: "keys", text: "admin.menu.keys", icon: "users" },
  { section: "secrets", text: "admin.menu.secrets", icon: "form" },
  { section: "health", text: "admin.menu.health", icon: "settings" },
] as const;

export function Shell({
  who,
  section,
  children,
}: {
  readonly who: WhoAmI | undefined;
  readonly section: string | undefined;
  readonly children: ReactNode;
}) {
  const { t } = useTranslation();
  const [isOpen, { toggle, close }] = useDisclosure(false);
  const main = useRef<HTMLDivElement>(null);
  const isSignedIn = who !== undefined && who.kind !== "anonymous";
  const leave = async () => {
    await signOut().catch(() => undefined);
    // A changed fragment alone would not ask the server again.
    location.hash = "";
    location.reload();
  };
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 216, breakpoint: "md", collapsed: { mobile: !isOpen } }}
      padding={{ base: "md", sm: "lg" }}
      withBorder={false}
    >
      {/* No link: what stands behind the # says which page this is. */}
      <button type="button" className="torque-skip" onClick={() => main.current?.focus()}>
        {t("shell.skip")}
      </button>
      <AppShell.Header>
        <div className={classes["header"]}>
          <Burger
            opened={isOpen}
            onClick={toggle}
            hiddenFrom="md"
            size="sm"
            aria-expanded={isOpen}
            aria-label={isOpen ? t("shell.closeMenu") : t("shell.openMenu")}
          />
          <a className={classes["name"]} href={hrefTo()} onClick={close}>
            <img src={icon} alt="" width={28} height={28} />
            <span>{t("admin.title")}</span>
          </a>
          {isSignedIn && (
            <Text size="sm" c="dimmed" visibleFrom="sm">
              {t("admin.signedInAs", { name: who.name })}
            </Text>
          )}
          {isSignedIn && (
            <Button variant="default" size="compact-sm" onClick={() => void leave()}>
              {t("admin.signOut")}
            </Button>
          )}
          <ColorScheme />
        </div>
      </AppShell.Header>
      <AppShell.Navbar className={classes["navbar"] ?? ""} aria-label={t("shell.navigation")}>
        {SECTIONS.map((entry) => {
          const Icon = pageIcon(entry.icon);
          const isCurrent = entry.section === section;
          return (
            <NavLink
              key={entry.text}
              className={classes["link"] ?? ""}
              href={entry.section ? hrefTo(entry.section) : hrefTo()}
              label={t(entry.text)}
              leftSection={<Icon />}
              active={isCurrent}
              onClick={close}
              {...(isCurrent ? { "aria-current": "page" as const } : {})}
            />
          );
        })}
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1} ref={main}>
        <div className={classes["main"]}>{children}</div>
      </AppShell.Main>
    </AppShell>
  );
}

function ColorScheme() {
  const { t } = useTranslation();
  const { setColorScheme } = useMantineColorScheme();
  const isDark = useComputedColorScheme("light") === "dark";
  return (
    <ActionIcon
      size="lg"
      color="ink"
      aria-label={isDark ? t("shell.toLight") : t("shell.toDark")}
      onClick={() => setColorScheme(isDark ? "light" : "dark")}
    >
      {isDark ? <SunIcon /> : <MoonIcon />}
    </ActionIcon>
  );
}
