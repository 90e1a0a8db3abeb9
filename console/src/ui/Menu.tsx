import type {ReactNode} from 'react';
import {
  Button as AriaButton,
  Menu as AriaMenu,
  MenuItem as AriaMenuItem,
  MenuTrigger,
  Popover,
  Separator,
} from 'react-aria-components';

import {Icon, type IconName} from './Icon';
import './menu.css';

export interface MenuEntry {
  id: string;
  label: string;
  icon?: IconName;
  danger?: boolean;
  checked?: boolean;
  /** A line above it. */
  divided?: boolean;
  act: () => void;
}

/** A button that opens a list of actions. `trigger` replaces the three dots. */
export function Menu({
  label,
  entries,
  trigger,
  className = 'button button-quiet button-icon',
  placement = 'bottom end',
}: {
  label: string;
  entries: MenuEntry[];
  trigger?: ReactNode;
  className?: string;
  placement?: 'bottom end' | 'top start' | 'bottom start';
}) {
  return (
    <MenuTrigger>
      <AriaButton className={className} aria-label={trigger === undefined ? label : undefined}>
        {trigger ?? <Icon name="more" />}
      </AriaButton>
      <Popover className="menu-box" placement={placement}>
        <AriaMenu className="menu" aria-label={label}>
          {entries.flatMap((entry) => {
            const item = (
              <AriaMenuItem
                key={entry.id}
                id={entry.id}
                textValue={entry.label}
                className={`menu-item ${entry.danger ? 'menu-item-danger' : ''}`}
                onAction={entry.act}
              >
                {entry.icon && <Icon name={entry.icon} />}
                <span className="grow">{entry.label}</span>
                {entry.checked && (
                  <>
                    <Icon name="check" />
                    <span className="visually-hidden">chosen</span>
                  </>
                )}
              </AriaMenuItem>
            );
            return entry.divided
              ? [<Separator key={`${entry.id}-line`} className="menu-line" />, item]
              : [item];
          })}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}
