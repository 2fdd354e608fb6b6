// Every text that Torque itself says, in one English catalogue; those of the
// administration and of what grids load late stand beside it, to be loaded with it.
//
// Texts of applications come from their models and never pass through here.

import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import type administration from "./texts/administration.json";
import en from "./texts/en.json";
import type grid from "./texts/grid.json";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "translation";
    resources: { translation: typeof en & typeof administration & typeof grid };
  }
}

void i18next.use(initReactI18next).init({
  lng: "en",
  fallbackLng: "en",
  resources: { en: { translation: en } },
  // The catalogue is at hand, so the first paint already has its texts.
  initAsync: false,
  // React escapes what it shows.
  interpolation: { escapeValue: false },
});

export const texts = i18next;
