import {useState, type FormEvent, type ReactNode} from 'react';
import {Dialog as AriaDialog, Heading, Modal, ModalOverlay} from 'react-aria-components';

import {Button, IconButton} from './Button';
import {Problem} from './Callout';
import {TextField} from './Field';
import './dialog.css';

/** A window over the page; Escape and the cross close it unless `locked`. */
export function Dialog({
  title,
  open,
  onClose,
  children,
  wide,
  locked,
  role = 'dialog',
}: {
  title: string;
  open: boolean;
  onClose: () => void;
  children: ReactNode;
  wide?: boolean;
  locked?: boolean;
  role?: 'dialog' | 'alertdialog';
}) {
  return (
    <ModalOverlay
      isOpen={open}
      onOpenChange={(next) => !next && onClose()}
      isDismissable={!locked && role === 'dialog'}
      isKeyboardDismissDisabled={locked === true}
      className="dialog-veil"
    >
      <Modal className={`dialog-box ${wide ? 'dialog-wide' : ''}`}>
        <AriaDialog role={role} className="dialog">
          <div className="dialog-head">
            <Heading slot="title" level={2}>
              {title}
            </Heading>
            {!locked && <IconButton icon="cross" label="Close" small onClick={onClose} />}
          </div>
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

export const DialogBody = ({children}: {children: ReactNode}) => (
  <div className="dialog-body stack">{children}</div>
);
export const DialogFoot = ({children}: {children: ReactNode}) => (
  <div className="dialog-foot">{children}</div>
);

/**
 * Asks before what cannot be undone. `typed`: the name that must be typed first, for the worst.
 * `act` is awaited; what it throws is shown and the window stays.
 */
export function Confirm({
  title,
  open,
  onClose,
  children,
  action,
  typed,
  act,
  danger = true,
}: {
  title: string;
  open: boolean;
  onClose: () => void;
  children: ReactNode;
  action: string;
  typed?: string | undefined;
  act: () => Promise<unknown>;
  danger?: boolean;
}) {
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const close = () => {
    setText('');
    setError(undefined);
    onClose();
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy || (typed !== undefined && text.trim() !== typed)) return;
    setBusy(true);
    setError(undefined);
    try {
      await act();
      close();
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog title={title} open={open} onClose={close} role="alertdialog">
      <form onSubmit={(event) => void submit(event)}>
        <DialogBody>
          {children}
          {typed !== undefined && (
            <TextField
              label={`Type ${typed} to go on`}
              value={text}
              onChange={setText}
              autoComplete="off"
              autoFocus
            />
          )}
          {error !== undefined && <Problem error={error} />}
        </DialogBody>
        <DialogFoot>
          <Button onClick={close}>Cancel</Button>
          <Button
            type="submit"
            kind={danger ? 'danger' : 'primary'}
            busy={busy}
            refusal={
              typed !== undefined && text.trim() !== typed ? `Type ${typed} first` : undefined
            }
          >
            {action}
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
