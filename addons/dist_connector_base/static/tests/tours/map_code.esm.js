import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("dist_map_code", {
    steps: () => [
        {
            content: "Open the exception about the unknown code",
            trigger: ".o_data_row:contains(Pigeon) .o_data_cell[name=name]",
            run: "click",
        },
        {
            content: "See which code it is",
            trigger: ".o_field_widget[name=code_value]:contains(Pigeon)",
        },
        {
            content: "Say what it means",
            trigger: "button[name=action_map_code]",
            run: "click",
        },
        {
            content: "Two documents wait for it",
            trigger: ".modal .o_field_widget[name=waiting_count]:contains(2)",
        },
        {
            content: "Take what is proposed",
            trigger: ".modal .o_dist_proposal[data-code=UPS]",
            run: "click",
        },
        {
            content: "It is filled in",
            trigger: ".modal .o_field_widget[name=chosen_code] input:value(UPS)",
        },
        {
            content: "Map and replay",
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {
            content: "Both are in line again",
            trigger: ".o_notification:contains(2 messages are in line again)",
        },
        {
            content: "And in work",
            trigger: "body:not(:has(.modal)) .o_statusbar_status button.o_arrow_button_current:contains(In work)",
        },
    ],
});
