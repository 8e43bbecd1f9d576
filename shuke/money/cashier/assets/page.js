// Counts down to expiry, and keeps a decision from being sent twice. The page works without it.
const clock = document.querySelector(".clock");
if (clock) {
  const time = clock.querySelector("time");
  const label = clock.querySelector("dt");
  const end = Date.parse(time.dateTime);
  const two = (number) => String(number).padStart(2, "0");
  const tick = () => {
    const left = Math.max(0, Math.ceil((end - Date.now()) / 1000));
    label.textContent = label.dataset.left;
    clock.classList.toggle("hurry", left <= 60);
    if (left === 0) {
      time.textContent = clock.dataset.expired;
      document.querySelectorAll("button").forEach((button) => { button.disabled = true; });
      return;
    }
    const hours = Math.floor(left / 3600);
    time.textContent = `${hours ? hours + ":" : ""}${two(Math.floor(left / 60) % 60)}:${two(left % 60)}`;
    setTimeout(tick, 1000 - (Date.now() % 1000));
  };
  tick();

  // After the event, so that the pressed button's value still travels with the form.
  const form = document.querySelector("form");
  form.addEventListener("submit", () => setTimeout(() => {
    form.querySelectorAll("button").forEach((button) => { button.disabled = true; });
  }));
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
}
