//! What the kernel asks the session beside the reader's cells: nothing of it is shown as a cell's output.

use std::sync::Arc;

use jupyter_protocol::{ErrorOutput, ExpressionResult, JupyterMessage};

use super::output::media;
use super::shell::Shell;
use super::variables::{self, Question};
use crate::cli::lang::Lang;
use crate::cli::outcome::{End, Outcome, Output, RichKind};
use crate::cli::terminal::cell_end::operators;

impl Shell {
    async fn ask(&mut self, code: &str, message: &Arc<JupyterMessage>) -> anyhow::Result<Outcome> {
        let ticket = self.session.ask(code);
        let mut show = self.show(message, "", true);
        self.await_done(ticket, message, &mut show).await
    }

    /// The shapes and sizes of all variables, if the cell lists them.
    pub(super) async fn about_variables(
        &mut self,
        code: &str,
        message: &Arc<JupyterMessage>,
    ) -> Option<(Question, Option<Outcome>)> {
        let question = variables::question(code, self.session.definitions().variables)?;
        let answer = self.ask(&question.code, message).await.ok();
        Some((question, answer))
    }

    /// The shapes behind the panic of an operator on arrays.
    pub(super) async fn about_operators(
        &mut self,
        code: &str,
        end: &End,
        message: &Arc<JupyterMessage>,
    ) -> Option<String> {
        let variables = self.session.definitions().variables;
        let variables = variables.iter().map(|it| (it.name.as_str(), it.type_name.as_str()));
        let question = operators::question(end, code, variables)?;
        let answer = if question.code.is_empty() {
            None
        } else {
            self.ask(&question.code, message).await.ok().filter(|answer| answer.end == End::Passed)
        };
        Some(question.advice(answer.as_ref(), Lang::En))
    }

    /// One of `user_expressions`, evaluated by reference so that it moves nothing.
    pub(super) async fn evaluate(&mut self, expression: &str, message: &Arc<JupyterMessage>) -> ExpressionResult {
        let code = format!("&({expression})");
        let outcome = self.ask(&code, message).await;
        let mut show = self.show(message, "", true);
        if let Some(ErrorOutput { ename, evalue, traceback }) = self.settle(&code, &outcome, &mut show) {
            return ExpressionResult::Error { ename, evalue, traceback };
        }
        let outputs = outcome.map(|outcome| outcome.outputs).unwrap_or_default();
        let value = outputs.into_iter().find_map(|output| match output {
            Output::Rich { kind: RichKind::Result, data } => Some(data),
            _ => None,
        });
        ExpressionResult::Ok { data: media(value.unwrap_or_default()), metadata: serde_json::Map::new() }
    }
}
