// A helper's page: anew whenever the presenter took a step.
import { follow } from "./stage.js";

const desk = document.querySelector("#desk");
follow(desk.dataset.code, (state) => {
  const writing = document.querySelector("#name").value !== "";
  if (Number(desk.dataset.step) !== state.step && !writing) location.replace(location.pathname);
});
