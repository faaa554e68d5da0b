import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("dist_accept_surplus", {
    steps: () => [
        {
            content: "Open the exception about the surplus",
            trigger: ".o_data_row:contains(5 shipped of TEA) .o_data_cell[name=name]",
            run: "click",
        },
        {
            content: "Read what is wrong and accept it",
            trigger: "button[name=action_accept_surplus]",
            run: "click",
        },
        {
            content: "Confirm",
            trigger: ".modal .modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "It says what was accepted",
            trigger: ".o_notification:contains(TEA +3)",
        },
        {
            content: "And it is in work",
            trigger:
                "body:not(:has(.modal)) .o_statusbar_status button.o_arrow_button_current:contains(In work)",
        },
    ],
});
