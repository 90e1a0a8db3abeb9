import {closeToast, useToasts} from '../lib/toasts';
import {IconButton} from './Button';
import {Icon} from './Icon';
import './toast.css';

export function Toasts() {
  const list = useToasts();
  return (
    <div className="toasts" role="status" aria-live="polite" data-react-aria-top-layer="true">
      {list.map((toast) => (
        <div key={toast.id} className={`toast toast-${toast.tone}`}>
          <Icon name={toast.tone} />
          <span className="grow">{toast.text}</span>
          {toast.undo && (
            <button
              type="button"
              className="toast-undo"
              onClick={() => {
                toast.undo?.();
                closeToast(toast.id);
              }}
            >
              Undo
            </button>
          )}
          <IconButton
            small
            icon="cross"
            label="Close this note"
            onClick={() => closeToast(toast.id)}
          />
        </div>
      ))}
    </div>
  );
}
