import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("dist_simulate_routing", {
    steps: () => [
        {
            content: "Take the order that is asked about",
            trigger: ".o_field_widget[name=order_id] input",
            run: "edit SIM-ORDER",
        },
        {
            content: "Choose it",
            trigger: ".o-autocomplete--dropdown-item a:contains(SIM-ORDER)",
            run: "click",
        },
        {
            content: "Its lines are there",
            trigger: ".o_field_widget[name=line_ids] .o_data_row:contains(Tea)",
        },
        {
            content: "Ask",
            trigger: "button[name=action_simulate]",
            run: "click",
        },
        {
            content: "The answer names the warehouse",
            trigger: ".alert:contains(Warehouse CSV)",
        },
        {
            content: "And says why not the other one",
            trigger:
                ".o_field_widget[name=verdict_ids] .o_data_row:contains(costs more than)",
        },
    ],
});
