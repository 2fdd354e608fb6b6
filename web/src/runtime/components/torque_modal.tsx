// A modal of a model: components over the page.

import { Modal } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useTranslation } from "react-i18next";
import type { ModalProps } from "../../model/page.ts";
import { ComponentGrid } from "../component_grid.tsx";

export interface TorqueModalProps extends ModalProps {
  readonly onClose: () => void;
}

const SIZES = { small: "sm", medium: "lg", large: "72rem" } as const;

export function TorqueModal({
  title,
  size = "medium",
  components = [],
  onClose,
}: TorqueModalProps) {
  const { t } = useTranslation();
  const isPhone = useMediaQuery("(max-width: 30em)");
  return (
    <Modal
      opened
      onClose={onClose}
      title={title}
      size={SIZES[size]}
      fullScreen={isPhone ?? false}
      radius={isPhone ? 0 : "lg"}
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      <ComponentGrid layout="Grid" components={components} />
    </Modal>
  );
}
