import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("dist_look_around", {
    steps: () => [
        {
            content: "The list comes first",
            trigger: ".o_data_row:contains(More was shipped)",
        },
        {
            content: "The board by state",
            trigger: ".o_cp_switch_buttons .o_kanban",
            run: "click",
        },
        {
            content: "A card in the column of what is open",
            trigger:
                ".o_kanban_group:contains(Open) .o_kanban_record:contains(More was shipped)",
        },
        {
            content: "The pivot",
            trigger: ".o_cp_switch_buttons .o_pivot",
            run: "click",
        },
        {
            content: "Kinds in plain words",
            trigger: ".o_pivot th:contains(Business decision)",
        },
        {
            content: "The graph",
            trigger: ".o_cp_switch_buttons .o_graph",
            run: "click",
        },
        {
            content: "It is drawn",
            trigger: ".o_graph_canvas_container canvas",
        },
        {
            content: "Back to the list",
            trigger: ".o_cp_switch_buttons .o_list",
            run: "click",
        },
        {
            content: "Group it",
            trigger: ".o_searchview_dropdown_toggler",
            run: "click",
        },
        {
            content: "By kind",
            trigger: ".o_group_by_menu .o_menu_item:contains(Kind)",
            run: "click",
        },
        {
            content: "The heading is in plain words",
            trigger: ".o_group_header:contains(Business decision)",
        },
    ],
});
