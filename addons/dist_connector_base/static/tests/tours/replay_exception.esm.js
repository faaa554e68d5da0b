import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("dist_replay_exception", {
    steps: () => [
        {
            content: "Open the exception",
            trigger: ".o_data_row .o_data_cell[name=name]:contains(More was shipped)",
            run: "click",
        },
        {
            content: "Read where the fault is",
            trigger: ".o_field_widget[name=path]:contains(quantity)",
        },
        {
            content: "Read what to do",
            trigger: ".alert:contains(Ask the warehouse what really left)",
        },
        {
            content: "See what arrived",
            trigger: ".o_field_widget[name=payload_pretty]:contains(S1)",
        },
        {
            content: "Replay",
            trigger: "button[name=action_replay]",
            run: "click",
        },
        {
            content: "It is in line again",
            trigger: ".o_notification:contains(in line again)",
        },
        {
            content: "And in work",
            trigger: ".o_statusbar_status button.o_arrow_button_current:contains(In work)",
        },
    ],
});
